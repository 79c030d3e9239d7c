/* A login for programs that only speak SMTP: its port, and a Region that is not the stack's, as context values. */
import { App, Stack } from 'aws-cdk-lib';
import { addSmtp } from './parts/smtp';

const app = new App();
const port: string | undefined = app.node.tryGetContext('port');

addSmtp(new Stack(app, 'Smtp'), { domainName: 'example.com', region: app.node.tryGetContext('region'), port: port === undefined ? undefined : Number(port) });
