"""Harbor Telecom, an invented company: people, contacts, cases, texts, and the effects planted in them."""
