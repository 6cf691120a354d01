"""The rooms that the functions share: the request, the records, the money, the models, and more."""
