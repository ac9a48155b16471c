"""The record: typed tables, sealed columns, transactions and migrations. The only importer of SQLAlchemy."""
