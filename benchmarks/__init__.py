"""What the service costs over the bare tools beneath it: ratios, measured side by side in one run."""
