/** How many times as fast timers run. With more, a slow machine lets the SDK's own timers come before its answers. */
const SPEED = 25;

/**
 * Lets waiting pass quickly until `jest.restoreAllMocks()`: timers fire early, and the clock shows the time that they would have taken. What work takes is not
 * made more of, so that a slow machine changes nothing.
 */
export function hurry(): void {
  const [realNow, realTimer] = [Date.now, setTimeout];
  let ahead = 0;
  const now = () => Math.round(realNow() + ahead);
  jest.spyOn(Date, 'now').mockImplementation(now);
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: () => void, ms = 0) => {
    const due = now() + ms;
    return realTimer(() => {
      // several that wait at the same time wait together
      ahead = Math.max(ahead, due - realNow());
      callback();
    }, ms / SPEED);
  }) as typeof setTimeout);
}
