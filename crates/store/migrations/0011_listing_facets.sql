-- Where several values are named that seldom meet, all captures of the narrowest are gone through. These have everything that is
-- filtered by beside each value, so that only those that are wanted are looked up in the table.
CREATE INDEX listing_run_facets ON listing
    (of_run, of_robot, of_store, of_currency, of_brand, of_available, min_price, extracted_at) WHERE of_run IS NOT NULL;
CREATE INDEX listing_robot_facets ON listing
    (of_robot, of_store, of_currency, of_brand, of_available, of_run, min_price, extracted_at) WHERE of_robot IS NOT NULL;
CREATE INDEX listing_import_facets ON listing
    (of_import, of_store, of_currency, of_brand, of_available, of_run, min_price, extracted_at) WHERE of_import IS NOT NULL;
CREATE INDEX listing_store_facets ON listing
    (of_store, of_robot, of_currency, of_brand, of_available, of_run, min_price, extracted_at);
CREATE INDEX listing_brand_facets ON listing
    (of_brand, of_store, of_robot, of_currency, of_available, of_run, min_price, extracted_at) WHERE of_brand IS NOT NULL;
CREATE INDEX listing_currency_facets ON listing
    (of_currency, of_brand, of_store, of_robot, of_available, of_run, min_price, extracted_at) WHERE of_currency IS NOT NULL;
