"""Parley's scoring library: text in, scores out. It knows no HTTP, SQL, Redis or asyncio."""
