"""HTTP and pages without any feature: errors, forms, languages, static files, caches, QR codes, spreadsheets."""
