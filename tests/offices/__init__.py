"""Tests of the offices application."""
