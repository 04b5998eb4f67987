module faultproxy

go 1.19
