// Imported ahead of msgpackr and lmdb: keeps both from loading a native reader of strings, ten milliseconds of
// every start. Our records have few strings and lmdb is given bytes alone. Children inherit it, which is right.
process.env['MSGPACKR_NATIVE_ACCELERATION_DISABLED'] ??= 'true'
