"""Certification: what a vendor claims of an implementation, what it rests on, and a bundle that anyone can check."""
