"""备份: the database and the stored files, sealed, in a folder of their own each time; and the proof that they hold."""
