export function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** With so many digits as say something in a measurement. */
export function round(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}

/** Rows as text, with columns as wide as their longest cell; numbers to the right. */
export function table(rows: (string | number)[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => String(row[column]).length)));
  return rows.map(row => '  ' + row.map((cell, column) =>
    column === 0 ? String(cell).padEnd(widths[column]) : String(cell).padStart(widths[column])).join('  ')).join('\n');
}
