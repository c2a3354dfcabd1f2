"""How infused cells expand, persist and vanish in a patient."""
