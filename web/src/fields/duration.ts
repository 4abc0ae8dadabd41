// Durations travel as ISO 8601 (PT4H) and are read as people write them.
const ISO = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/;

// seconds reads an ISO duration; undefined for anything else.
export const seconds = (iso: string): number | undefined => {
  const m = ISO.exec(iso.trim());
  if (!m || iso.trim().length < 3) return undefined;
  const n = (i: number): number => Number(m[i] ?? 0);
  return (m[1] ? -1 : 1) * (n(2) * 86400 + n(3) * 3600 + n(4) * 60 + n(5));
};

export const iso = (s: number): string => {
  const h = Math.floor(s / 3600);
  const m = Math.floor((s % 3600) / 60);
  const rest = s % 60;
  return `PT${h ? `${h}H` : ''}${m ? `${m}M` : ''}${rest || (!h && !m) ? `${rest}S` : ''}`;
};

const units: [RegExp, number][] = [
  [/^(d|day|days|\uc77c)$/i, 86400],
  [/^(h|hr|hour|hours|\uc2dc\uac04)$/i, 3600],
  [/^(m|min|mins|minute|minutes|\ubd84)$/i, 60],
  [/^(s|sec|second|seconds|\ucd08)$/i, 1],
];

// read understands "1h 30m", "90m", "2d", their Korean, and ISO; undefined when it does not.
export const read = (text: string): number | undefined => {
  const s = text.trim();
  if (s.toUpperCase().startsWith('P')) return seconds(s.toUpperCase());
  const parts = [...s.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+|[\uac00-\ud7a3]+)/gi)];
  if (!parts.length || parts.map(m => m[0]).join('').replace(/\s/g, '') !== s.replace(/[\s,]/g, '')) return undefined;
  let total = 0;
  for (const [, n, unit] of parts) {
    const u = units.find(([re]) => re.test(unit ?? ''));
    if (!u) return undefined;
    total += Number(n) * u[1];
  }
  return Math.round(total);
};
