"""What `serve` is put together from: how it runs, who answers for Getty, what the terminal shows."""
