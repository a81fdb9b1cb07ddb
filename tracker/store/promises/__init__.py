"""The ledger of dates, what learning keeps, and how well dates were kept."""
