package inbound

// Above is for the tests alone.
var Above = above
