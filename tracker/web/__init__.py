"""The windows people look through: parse, call a flow, render."""
