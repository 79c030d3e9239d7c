import type * as decision from '../../src/events/feedback-decision';
import { AmbiguousComplaints, FeedbackAction } from '../../src/recipients';

test('what users may name is what the function decides', () => {
  const actions: Record<decision.FeedbackAction, true> = {
    suppress: true, mark: true, count: true, contentAlert: true, operatorAlert: true, none: true,
  };
  const choices: Record<decision.AmbiguousComplaints, true> = { suppressAll: true, mark: true };
  expect(Object.values(FeedbackAction).sort()).toEqual(Object.keys(actions).sort());
  expect(Object.values(AmbiguousComplaints).sort()).toEqual(Object.keys(choices).sort());
});
