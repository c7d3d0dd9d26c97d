"""The judge check: known cases put to the models behind Will and Conscience, and what that says of them."""
