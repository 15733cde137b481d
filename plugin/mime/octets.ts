// Octets that give a message its form (RFC 5322 §2.2).
export const TAB = 9
export const LF = 10
export const CR = 13
export const SP = 32
