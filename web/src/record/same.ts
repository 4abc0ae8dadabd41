import type { Value } from '../api/types';

const flat = (v: Value): Value => (v === undefined || v === '' || (Array.isArray(v) && v.length === 0) ? null : v);

// same compares two values in wire form; the ways of having nothing are one.
export const same = (a: Value, b: Value): boolean => JSON.stringify(flat(a)) === JSON.stringify(flat(b));
