/** How many times as fast the clock runs. */
const SPEED = 100;

/**
 * Lets waiting pass a hundred times as fast until `jest.restoreAllMocks()`: timers fire early, and the clock shows the time that they would have taken.
 */
export function hurry(): void {
  const [realNow, realTimer, start] = [Date.now, setTimeout, Date.now()];
  jest.spyOn(Date, 'now').mockImplementation(() => Math.round(start + (realNow() - start) * SPEED));
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms = 0) => realTimer(callback, ms / SPEED)) as typeof setTimeout);
}
