"""Real client libraries, each in a script as its documentation has it, and what the suite finds of them."""
