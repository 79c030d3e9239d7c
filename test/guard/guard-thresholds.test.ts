import * as fc from 'fast-check';
import { ACCOUNT_LINES, AWS_LINES, checkThresholds, STREAM_LINES } from '../../src/guard/guard-thresholds';

const RATES = ['bounce', 'complaint'] as const;

test.each(RATES)('the default lines of %s are in order, and below those of AWS', rate => {
  for (const lines of [STREAM_LINES[rate], ACCOUNT_LINES[rate]]) {
    checkThresholds(rate, 'rate', lines);
    expect(lines.warn).toBeLessThanOrEqual(AWS_LINES[rate].review);
    expect(lines.pause).toBeLessThan(AWS_LINES[rate].pause);
  }
  expect(STREAM_LINES[rate].pause).toBeLessThan(ACCOUNT_LINES[rate].pause);
});

test('lines pass exactly when they are fractions, in order, and below the line at which AWS pauses', () => {
  const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const line = fc.oneof(between(-0.1, 1.5), between(0, 0.12), between(0, 0.006));
  fc.assert(fc.property(fc.constantFrom(...RATES), line, line, (rate, warn, pause) => {
    const check = () => checkThresholds(rate, 'rate', { warn, pause });
    if (warn > 0 && warn < pause && pause < AWS_LINES[rate].pause) check();
    else expect(check).toThrow(/\[ReputationGuard\.(fraction|tooLate|order)\]/);
  }), { numRuns: 2000 });
});

test('what only a deployment knows passes', () => {
  checkThresholds('bounce', 'rate', { warn: -1.8881545897087626e+289, pause: 0.05 });
});
