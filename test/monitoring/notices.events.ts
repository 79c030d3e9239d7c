/* Events as AWS documents them. */

export const HEALTH = {
  'version': '0',
  'id': '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': 'AWS Health Event',
  'source': 'aws.health',
  'account': '111122223333',
  'time': '2026-07-10T08:15:44Z',
  'region': 'eu-west-1',
  'resources': [],
  'detail': {
    eventArn: 'arn:aws:health:eu-west-1::event/SES/AWS_SES_EXAMPLE/1',
    service: 'SES',
    eventTypeCode: 'AWS_SES_EXAMPLE',
    eventTypeCategory: 'accountNotification',
    statusCode: 'closed',
    eventDescription: [{ language: 'en_US', latestDescription: 'We have paused your sending.' }],
  },
};

export const DISABLED = {
  'version': '0',
  'id': 'abcd9999-ef33-0123-90ab-abcdef666666',
  'detail-type': 'Sending Status Disabled',
  'source': 'aws.ses',
  'account': '111122223333',
  'time': '2026-07-10T08:15:44Z',
  'region': 'eu-west-1',
  'resources': ['arn:aws:ses:eu-west-1:111122223333:tenant/shop/t-1'],
  'detail': { version: '1.0.0', data: { origin: 'AWS_MANAGED', record: { status: 'DISABLED', cause: 'Too many bounces.', lastUpdatedTimestamp: [2026, 7, 10] } } },
};

export const ADVICE = {
  'version': '0',
  'id': 'abcd9999-ef33-0123-90ab-abcdef666666',
  'detail-type': 'Advisor Recommendation Status Open',
  'source': 'aws.ses',
  'account': '111122223333',
  'time': '2026-07-10T08:15:44Z',
  'region': 'eu-west-1',
  'resources': ['arn:aws:ses:eu-west-1:111122223333:identity/example.com'],
  'detail': { version: '1.0.0', data: 'SPF record was not found.' },
};
