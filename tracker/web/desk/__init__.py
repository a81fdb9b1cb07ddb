"""The desk: what staff who answer people see and do. Plain pages and forms, no JavaScript."""
