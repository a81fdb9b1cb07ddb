"""Tables beside the questions asked of them; SQL lives here and nowhere else."""
