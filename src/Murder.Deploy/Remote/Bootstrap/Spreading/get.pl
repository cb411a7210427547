# Gets a file over HTTP, for a host with neither curl nor wget: URL with an IP address in, content out. No apostrophe: see relay.pl.
use strict; use Socket qw(:DEFAULT :addrinfo);
$SIG{ALRM} = "DEFAULT";
my ($address, $port, $path) = $ARGV[0] =~ m{^http://\[?([0-9a-fA-F.:]+?)\]?:(\d+)(/.*)$} or exit 1;
my ($error, $found) = getaddrinfo($address, $port, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
exit 1 if $error;
socket(my $socket, $found->{family}, SOCK_STREAM, 0) or exit 1;
alarm 2;
connect($socket, $found->{addr}) or exit 1;
syswrite($socket, "GET $path HTTP/1.0\r\n\r\n");
my ($text, $is_body) = ("", 0);
binmode STDOUT;
while (1) {
    alarm 5;
    my $read = sysread($socket, $text, 65536, length($text));
    last unless $read;
    unless ($is_body) {
        unless ($text =~ s{^HTTP/1\.\d 200 .*?\r\n\r\n}{}s) {
            last if length($text) > 65536;
            next;
        }
        $is_body = 1;
    }
    print $text;
    $text = "";
}
