"""What pages need of HTTP: errors, forms, languages, assets, compressed answers, QR codes, spreadsheets."""
