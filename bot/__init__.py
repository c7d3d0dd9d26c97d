"""The program: what happens when. It joins the loop to chat platforms, models and a store."""
