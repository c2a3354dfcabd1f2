"""Results to documents: tables, figures and sentences; nothing is computed here."""
