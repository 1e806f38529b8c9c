"""Resumable uploads: files that arrive in pieces, by the tus protocol 1.0.0 (https://tus.io/protocols/resumable-upload).

No feature is known here. A feature takes a finished upload over by `actions.take`.
"""
