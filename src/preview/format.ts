// Numbers as Grafana shows them, for the units that our boards use.

const DAY = 86_400;
const SCALES: readonly (readonly [seconds: number, name: string])[] = [
  [365 * DAY, 'years'],
  [7 * DAY, 'weeks'],
  [DAY, 'days'],
  [3600, 'hours'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
];

/** `decimals` undefined: as many as it takes for three digits. */
export function formatValue(value: number, unit = 'none', decimals?: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  switch (unit) {
    case 'percentunit':
      return `${fixed(value * 100, decimals)}%`;
    case 's':
    case 'dtdurations':
    case 'clocks':
      return seconds(value, decimals);
    case 'ms':
      return seconds(value / 1000, decimals);
    case 'bytes':
      return scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB'], decimals);
    case 'decbytes':
      return scaled(value, 1000, [' B', ' kB', ' MB', ' GB', ' TB'], decimals);
    case 'Bps':
    case 'binBps':
      return `${scaled(value, 1024, [' B', ' KiB', ' MiB', ' GiB'], decimals)}/s`;
    case 'dateTimeFromNow': {
      const ago = Date.now() / 1000 - value / 1000;
      return ago >= 0 ? `${seconds(ago, 0)} ago` : `in ${seconds(-ago, 0)}`;
    }
    case 'dateTimeAsIso':
    case 'dateTimeAsSystem':
      return new Date(value).toISOString().slice(0, 16).replace('T', ' ');
    case 'short':
      return scaled(value, 1000, ['', ' K', ' Mil', ' Bil'], decimals);
    default:
      return `${scaled(value, 1000, ['', 'k', 'M', 'G'], decimals)}${SUFFIXES[unit] ?? ''}`;
  }
}

const SUFFIXES: Readonly<Record<string, string>> = { reqps: ' req/s', ops: ' ops/s', cps: ' c/s', eps: ' ev/s' };

const fixed = (value: number, decimals?: number): string => {
  if (decimals !== undefined) return value.toFixed(decimals);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return String(Number(value.toFixed(Math.min(digits, 6))));
};

function scaled(value: number, base: number, names: readonly string[], decimals?: number): string {
  const power = Math.min(names.length - 1, Math.max(0, Math.floor(Math.log(Math.abs(value) || 1) / Math.log(base))));
  return `${fixed(value / base ** power, decimals)}${names[power]}`;
}

function seconds(value: number, decimals?: number): string {
  const [size, name] = SCALES.find(([least]) => Math.abs(value) >= least) ?? [1, 's'];
  return `${fixed(value / size, decimals)} ${name}`;
}
