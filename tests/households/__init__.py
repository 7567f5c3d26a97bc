"""Tests of the households application."""
