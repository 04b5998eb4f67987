module fakebank

go 1.19
