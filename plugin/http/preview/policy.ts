/** For a document made of a stranger's HTML: it is nobody's origin, runs nothing, loads nothing. */
export const DOCUMENT_POLICY =
  "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; base-uri 'none'"
