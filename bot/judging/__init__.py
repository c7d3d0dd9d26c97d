"""The judge check from the program's side: its cases, its cost, its report, and which judges may sit."""
