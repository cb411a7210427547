# Hands on a file that is arriving, over HTTP, on a host that has no agent yet. Arguments: address, first port (0 for any),
# process id of the bootstrap's shell and so of the agent, file; the path on stdin. Says port and process id when it listens, and goes on in
# the background: until a minute after the file has come, or the agent ends. It has come when the shell removes it: how long it is, only who
# compressed it knows, so that the answer has no length either. It takes the last port first, since the swarm begins with the first.
# Two clients at once, since a link that more share brings none of them further. No apostrophe: this text is one word for a shell.
use strict; use Socket qw(:DEFAULT :addrinfo); use Fcntl;
my ($address, $first, $owner, $file) = @ARGV;
my $path = <STDIN>; chomp $path;
open(my $content, "<:raw", $file) or exit 1;
my ($listener, $port);
for my $try ($first ? reverse($first .. $first + 8) : 0) {
    my ($error, $found) = getaddrinfo($address, $try, {flags => AI_NUMERICHOST, socktype => SOCK_STREAM});
    exit 1 if $error;
    socket($listener, $found->{family}, SOCK_STREAM, 0) or exit 1;
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
    next unless bind($listener, $found->{addr}) && listen($listener, 16);
    my $bound = getsockname($listener);
    $port = (sockaddr_family($bound) == AF_INET ? (unpack_sockaddr_in($bound))[0] : (unpack_sockaddr_in6($bound))[0]);
    last;
}
exit 1 unless $port;
my $id = fork;
exit 1 unless defined $id;
if ($id) { print "$port $id\n"; exit 0 }
open(STDIN, "<", "/dev/null"); open(STDOUT, ">", "/dev/null"); open(STDERR, ">", "/dev/null");
$SIG{PIPE} = $SIG{HUP} = "IGNORE";
fcntl($listener, F_SETFL, O_NONBLOCK);
my ($clients_max, $silence_max, $open_max, $life_max) = (2, 10, 60, 900);
my (%clients, $whole_at);
my $begun_at = time;
while (kill(0, $owner) && time - $begun_at < $life_max) {
    $whole_at ||= time unless -e $file; # before its size is looked at, which is the last one then
    my $size = -s $content;
    my $is_open = !$whole_at || time - $whole_at < $open_max;
    last unless $is_open || %clients;
    my ($reads, $writes, $waits) = ("", "", 0);
    vec($reads, fileno($listener), 1) = 1 if $is_open && keys(%clients) < $clients_max;
    for my $key (keys %clients) {
        my $client = $clients{$key};
        vec($reads, $key, 1) = 1; # of one that answers: to see it leave
        next unless $client->{answers};
        if ($client->{head} ne "" || $client->{sent} < $size) { vec($writes, $key, 1) = 1 }
        elsif ($whole_at) { delete $clients{$key}; vec($reads, $key, 1) = 0 }
        else { $waits = 1; $client->{moved_at} = time } # for us, which is no silence of its own
    }
    select($reads, $writes, undef, $waits ? 0.02 : 0.2) < 0 and next;
    if (vec($reads, fileno($listener), 1) && accept(my $socket, $listener)) {
        fcntl($socket, F_SETFL, O_NONBLOCK);
        $clients{fileno($socket)} = {socket => $socket, asked => "", answers => 0, head => "", sent => 0, moved_at => time};
    }
    for my $key (keys %clients) {
        my $client = $clients{$key};
        my $moved = 1;
        if (vec($reads, $key, 1) && $client->{answers}) {
            $moved = 0; # it has left, or asks for more than there is
        } elsif (vec($reads, $key, 1)) {
            $moved = sysread($client->{socket}, $client->{asked}, 4096, length($client->{asked}));
            $moved = 0 if length($client->{asked}) > 8192;
            if ($moved && $client->{asked} =~ /\r?\n\r?\n/) {
                $client->{answers} = 1;
                $moved = 0 unless $client->{asked} =~ m{^GET /(\S+) HTTP/1} && $1 eq $path;
                $client->{head} = "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n";
            }
        } elsif (vec($writes, $key, 1)) {
            if ($client->{head} ne "") {
                $moved = syswrite($client->{socket}, $client->{head});
                substr($client->{head}, 0, $moved || 0) = "";
            } else {
                sysseek($content, $client->{sent}, 0);
                sysread($content, my $part, 65536) or next;
                $moved = syswrite($client->{socket}, $part);
                $client->{sent} += $moved || 0;
            }
        } else {
            delete $clients{$key} if time - $client->{moved_at} > $silence_max;
            next;
        }
        if ($moved) { $client->{moved_at} = time if $client->{answers} } # all of a request within one silence
        elsif (defined($moved) || !$!{EAGAIN}) { delete $clients{$key} }
    }
}
