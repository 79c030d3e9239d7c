import { SmtpPort } from '../../src';

test.each([[25, false], [587, false], [2587, false], [465, true], [2465, true]])('SES listens on %d; encrypted from the first byte: %s', (portNumber, tlsWrapper) => {
  expect(SmtpPort.of(portNumber)).toMatchObject({ portNumber, tlsWrapper });
  expect(SmtpPort.all).toContain(SmtpPort.of(portNumber));
});

test('there are no more ports', () => {
  expect(SmtpPort.all).toHaveLength(5);
});

test.each([443, 26, 0, NaN])('SES does not listen on %d', portNumber => {
  expect(() => SmtpPort.of(portNumber)).toThrow(`${portNumber} is no SMTP port of SES; it listens on 25, 587 and 2587 (STARTTLS), and on 465 and 2465 (encrypted from ` +
    'the first byte) [SmtpPort.unknown]');
});
