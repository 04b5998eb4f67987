package Tally;

# A harness for prove that also writes what happened, one line per test file, for tests/run to add up:
# passed TAB failed TAB skipped TAB milliseconds TAB file
use strict;
use warnings;
use parent 'TAP::Harness';

sub runtests {
    my ($self, @tests) = @_;
    $self->callback(after_test => sub {
        my ($test, $parser) = @_;
        my $skipped = $parser->skipped;
        my $failed = $parser->failed;
        $failed ||= 1 if $parser->has_problems;
        $skipped ||= 1 if defined $parser->skip_all;
        my $passed = $parser->actual_passed - $parser->skipped;
        my $ms = 1000 * ($parser->end_time - $parser->start_time);
        open my $out, '>>', $ENV{TALLY} or die "could not write $ENV{TALLY}: $!";
        printf $out "%d\t%d\t%d\t%d\t%s\n", $passed, $failed, $skipped, $ms, $test->[0];
        close $out;
    });
    return $self->SUPER::runtests(@tests);
}

1;
