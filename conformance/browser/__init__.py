"""User agents: pages, forms, cookies, sign-in and consent, and who drives them."""
