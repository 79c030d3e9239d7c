import { EnforcementRates } from '../../src';
import { ENFORCEMENT } from '../../src/ses/thresholds';

test('the rates at which AWS acts are fractions, and can be had by users', () => {
  expect(ENFORCEMENT).toEqual({ bounceRate: { healthy: 0.02, review: 0.05, pause: 0.1 }, complaintRate: { review: 0.001, pause: 0.005 } });
  expect({ ...EnforcementRates }).toEqual({
    BOUNCE_HEALTHY: 0.02, BOUNCE_REVIEW: 0.05, BOUNCE_PAUSE: 0.1, COMPLAINT_REVIEW: 0.001, COMPLAINT_PAUSE: 0.005,
  });
});
