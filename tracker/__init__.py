"""Cases, their timelines and the promises made about them; decides what people should be told."""
