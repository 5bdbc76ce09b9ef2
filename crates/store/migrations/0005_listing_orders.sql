-- Each kind of value in each of the three orders; a descending sort reads the same index backwards. Whatever the filter, the
-- narrowest value's own index has its captures in the order that is asked for.
CREATE INDEX listing_all_extracted_at ON listing (of_all, extracted_at, capture_id);
CREATE INDEX listing_all_min_price ON listing (of_all, min_price, capture_id);
CREATE INDEX listing_all_title ON listing (of_all, title, capture_id);
CREATE INDEX listing_run_extracted_at ON listing (of_run, extracted_at, capture_id) WHERE of_run IS NOT NULL;
CREATE INDEX listing_run_min_price ON listing (of_run, min_price, capture_id) WHERE of_run IS NOT NULL;
CREATE INDEX listing_run_title ON listing (of_run, title, capture_id) WHERE of_run IS NOT NULL;
CREATE INDEX listing_robot_extracted_at ON listing (of_robot, extracted_at, capture_id) WHERE of_robot IS NOT NULL;
CREATE INDEX listing_robot_min_price ON listing (of_robot, min_price, capture_id) WHERE of_robot IS NOT NULL;
CREATE INDEX listing_robot_title ON listing (of_robot, title, capture_id) WHERE of_robot IS NOT NULL;
CREATE INDEX listing_import_extracted_at ON listing (of_import, extracted_at, capture_id) WHERE of_import IS NOT NULL;
CREATE INDEX listing_import_min_price ON listing (of_import, min_price, capture_id) WHERE of_import IS NOT NULL;
CREATE INDEX listing_import_title ON listing (of_import, title, capture_id) WHERE of_import IS NOT NULL;
CREATE INDEX listing_store_extracted_at ON listing (of_store, extracted_at, capture_id);
CREATE INDEX listing_store_min_price ON listing (of_store, min_price, capture_id);
CREATE INDEX listing_store_title ON listing (of_store, title, capture_id);
CREATE INDEX listing_brand_extracted_at ON listing (of_brand, extracted_at, capture_id) WHERE of_brand IS NOT NULL;
CREATE INDEX listing_brand_min_price ON listing (of_brand, min_price, capture_id) WHERE of_brand IS NOT NULL;
CREATE INDEX listing_brand_title ON listing (of_brand, title, capture_id) WHERE of_brand IS NOT NULL;
CREATE INDEX listing_currency_extracted_at ON listing (of_currency, extracted_at, capture_id) WHERE of_currency IS NOT NULL;
CREATE INDEX listing_currency_min_price ON listing (of_currency, min_price, capture_id) WHERE of_currency IS NOT NULL;
CREATE INDEX listing_currency_title ON listing (of_currency, title, capture_id) WHERE of_currency IS NOT NULL;
CREATE INDEX listing_available_extracted_at ON listing (of_available, extracted_at, capture_id);
CREATE INDEX listing_available_min_price ON listing (of_available, min_price, capture_id);
CREATE INDEX listing_available_title ON listing (of_available, title, capture_id);

-- A range of one key in the order of another: step by step of the order, each with the range inside it. For whole organizations,
-- which may have so many captures that no range of them is narrow.
CREATE INDEX listing_blocks_extracted_at_min_price ON listing (of_all, time_block, min_price, extracted_at, capture_id);
CREATE INDEX listing_blocks_min_price_extracted_at ON listing (of_all, price_block, extracted_at, min_price, capture_id);
CREATE INDEX listing_blocks_title_extracted_at ON listing (of_all, title_block, extracted_at);
CREATE INDEX listing_blocks_title_min_price ON listing (of_all, title_block, min_price);
