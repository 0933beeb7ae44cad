// Exact numbers: a whole over a whole, as Python's Fraction.  Money is never a floating-point number.

const gcd = (a, b) => { let [x, y] = [a < 0n ? -a : a, b]; while (y) [x, y] = [y, x % y]; return x; };
export function frac(n, d = 1n) {
  let [a, b] = [BigInt(n), BigInt(d)];
  if (b < 0n) [a, b] = [-a, -b];
  const g = gcd(a, b) || 1n;
  return { n: a / g, d: b / g };
}
// what a page of the book or an officer writes: a whole number, or a decimal as text
export function exact(told) {
  const [, sign, whole, part = ""] = String(told).trim().match(/^([+-]?)(\d{1,18})(?:\.(\d{1,18}))?$/) ?? [];
  if (whole === undefined) throw new Error(`“${told}”不是数`);
  return frac(BigInt(`${sign === "-" ? "-" : ""}${whole}${part}`), 10n ** BigInt(part.length));
}
export const add = (a, b) => frac(a.n * b.d + b.n * a.d, a.d * b.d);
export const sub = (a, b) => frac(a.n * b.d - b.n * a.d, a.d * b.d);
export const mul = (a, b) => frac(a.n * b.n, a.d * b.d);
export const div = (a, b) => frac(a.n * b.d, a.d * b.n);
export const cmp = (a, b) => (a.n * b.d < b.n * a.d ? -1 : a.n * b.d > b.n * a.d ? 1 : 0);
export const min = (a, b) => (cmp(b, a) < 0 ? b : a);
export const max = (a, b) => (cmp(b, a) > 0 ? b : a);
export const floor = (a) => (a.n >= 0n ? a.n / a.d : -((-a.n + a.d - 1n) / a.d));
export const ceil = (a) => -floor(frac(-a.n, a.d));
export const percent = (p) => frac(p, 100n);
export const ZERO = frac(0n);
export const ONE = frac(1n);
