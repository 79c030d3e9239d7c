import { Aws } from 'aws-cdk-lib';
import { SesRegion } from '../../src';

/** The feedback endpoints that the SES developer guide lists. */
const GUIDE_FEEDBACK_REGIONS = [
  'us-east-2', 'us-east-1', 'us-west-1', 'us-west-2', 'af-south-1', 'ap-southeast-3', 'ap-south-1', 'ap-northeast-3', 'ap-northeast-2',
  'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-south-1', 'eu-west-3',
  'eu-north-1', 'il-central-1', 'me-south-1', 'sa-east-1', 'us-gov-west-1',
];

test.each(GUIDE_FEEDBACK_REGIONS)('the feedback host of %s follows the pattern and the Region is known', region => {
  expect(SesRegion.of(region)).toMatchObject({ isKnown: true, feedbackEndpoint: `feedback-smtp.${region}.amazonses.com` });
});

test.each(['us-east-1', 'us-east-2', 'us-west-2', 'ap-southeast-3', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2'])(
  'SES receives mail in %s', region => {
    expect(SesRegion.of(region)).toMatchObject({ supportsReceiving: true, inboundEndpoint: `inbound-smtp.${region}.amazonaws.com` });
  });

test.each(['us-west-1', 'af-south-1', 'ap-south-1', 'ap-northeast-3', 'ap-northeast-2', 'eu-south-1', 'eu-west-3', 'eu-north-1', 'il-central-1', 'me-south-1', 'sa-east-1', 'us-gov-west-1'])(
  'SES does not receive mail in %s, and an app can say otherwise', region => {
    expect(SesRegion.of(region).supportsReceiving).toBe(false);
    expect(SesRegion.of(region, { receiving: true }).supportsReceiving).toBe(true);
  });

test('Paris has no tracking domain of its own, the other European Regions have', () => {
  expect(SesRegion.of('eu-west-3').supportsTracking).toBe(false);
  expect(SesRegion.of('eu-west-1')).toMatchObject({ supportsTracking: true, trackingDomain: 'r.eu-west-1.awstrack.me' });
});

test('a Region that the library does not know is taken as supported, with hosts after the common pattern', () => {
  expect(SesRegion.of('xx-west-7')).toMatchObject({
    isKnown: false,
    supportsReceiving: true,
    supportsTracking: true,
    partition: undefined,
    smtpEndpoint: 'email-smtp.xx-west-7.amazonaws.com',
    apiEndpoint: 'email.xx-west-7.amazonaws.com',
    dkimZone: 'dkim.xx-west-7.amazonses.com',
  });
});

test('an app can correct the hosts of a Region that is newer than the library', () => {
  const region = SesRegion.of('eusc-de-east-1', { urlSuffix: 'amazonaws.example', dkimZone: 'dkim.example', tracking: false });
  expect(region).toMatchObject({ smtpEndpoint: 'email-smtp.eusc-de-east-1.amazonaws.example', dkimZone: 'dkim.example', supportsTracking: false });
});

test('the European sovereign cloud has a suffix of its own', () => {
  expect(SesRegion.of('eusc-de-east-1').smtpEndpoint).toBe('email-smtp.eusc-de-east-1.amazonaws.eu');
});

test('Easy DKIM points into a zone of the Region where the guide says so, and into the shared one elsewhere', () => {
  expect(['af-south-1', 'ap-northeast-3', 'eu-south-1', 'eu-west-1', 'us-east-1'].map(region => SesRegion.of(region).dkimZone)).toEqual([
    'dkim.af-south-1.amazonses.com', 'dkim.ap-northeast-3.amazonses.com', 'dkim.eu-south-1.amazonses.com', 'dkim.amazonses.com', 'dkim.amazonses.com',
  ]);
});

test('GovCloud is a partition of its own', () => {
  expect(SesRegion.of('us-gov-west-1').partition).toBe('aws-us-gov');
  expect(SesRegion.of('eu-west-1').partition).toBe('aws');
});

test('a Region that only the deployment knows gives hosts which the deployment completes', () => {
  expect(SesRegion.of(Aws.REGION).feedbackEndpoint).toBe(`feedback-smtp.${Aws.REGION}.amazonses.com`);
});

test.each(['af-south-1', 'ap-southeast-3', 'eu-south-1', 'il-central-1', 'me-south-1'])('SES has no SMTP host in %s, and an app can say otherwise', region => {
  expect(SesRegion.of(region).supportsSmtp).toBe(false);
  expect(SesRegion.of(region, { smtp: true }).supportsSmtp).toBe(true);
});

test.each([
  'us-east-2', 'us-east-1', 'us-west-2', 'ap-south-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1',
  'eu-west-2', 'eu-north-1', 'sa-east-1', 'us-gov-west-1', 'xx-west-7',
])('SES takes mail by SMTP in %s', region => {
  expect(SesRegion.of(region)).toMatchObject({ supportsSmtp: true, smtpEndpoint: `email-smtp.${region}.amazonaws.com` });
});

test('the API has FIPS hosts in North America', () => {
  expect(SesRegion.known.filter(region => SesRegion.of(region).supportsFips)).toEqual([
    'ca-central-1', 'us-east-1', 'us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-west-1', 'us-west-2',
  ]);
});

test('what is no Region is refused', () => {
  expect(() => SesRegion.of('Ireland')).toThrow('"Ireland" is not the name of an AWS Region; the form is "eu-west-1" [SesRegion.name]');
});

test('all known Regions are listed once, in order', () => {
  expect(SesRegion.known).toEqual([...new Set(SesRegion.known)].sort());
  expect(SesRegion.known).toHaveLength(29);
});
