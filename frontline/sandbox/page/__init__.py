"""The workspace page: static files and the small API behind them."""
