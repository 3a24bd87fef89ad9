serve --timeout nan
