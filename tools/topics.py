"""How the reference is cut into pages: which modules have one, and which functions of `wengert` itself stand together."""

# Modules in the order of their pages. What several offer is told on the page of the first.
PAGES = (
    "wengert",
    "wengert.autograd",
    "wengert.autograd.forward_ad",
    "wengert.autograd.functional",
    "wengert.autograd.gradcheck",
    "wengert.autograd.graph",
    "wengert.autograd.anomaly_mode",
    "wengert.autograd.profiler",
    "wengert.profiler",
    "wengert.func",
    "wengert.linalg",
    "wengert.special",
    "wengert.scipy",
    "wengert.random",
    "wengert.nn",
    "wengert.nn.functional",
    "wengert.nn.init",
    "wengert.nn.parameter",
    "wengert.nn.utils",
    "wengert.nn.utils.parametrizations",
    "wengert.nn.utils.parametrize",
    "wengert.nn.utils.rnn",
    "wengert.optim",
    "wengert.optim.lr_scheduler",
    "wengert.optim.swa_utils",
    "wengert.utils.checkpoint",
    "wengert.utils.data",
    "wengert.utils.hooks",
    "wengert.serialization",
    "wengert.testing",
    "wengert.amp",
    "wengert.accelerator",
    "wengert.backends",
    "wengert.cuda",
    "wengert.cuda.amp",
)

# Title and names of each topic; the last takes what no other names.
TOPICS = {
    "creation": (
        "Creation",
        """tensor as_tensor asarray from_numpy frombuffer from_dlpack zeros ones empty full arange range linspace logspace eye
        scalar_tensor zeros_like ones_like empty_like full_like rand_like randn_like randint_like empty_strided
        empty_permuted clone tril_indices triu_indices vander bartlett_window blackman_window hamming_window
        hann_window meshgrid cartesian_prod combinations""",
    ),
    "random": (
        "Random numbers",
        """rand randn randint randperm normal bernoulli multinomial poisson binomial Generator default_generator manual_seed
        seed initial_seed get_rng_state set_rng_state""",
    ),
    "modes": (
        "Recording, and settings",
        """no_grad enable_grad inference_mode set_grad_enabled is_grad_enabled is_inference_mode_enabled is_inference
        is_anomaly_enabled is_anomaly_check_nan_enabled set_anomaly_enabled get_default_dtype set_default_dtype
        set_default_tensor_type set_num_threads get_num_threads set_num_interop_threads get_num_interop_threads
        set_printoptions use_deterministic_algorithms are_deterministic_algorithms_enabled set_flush_denormal
        get_default_device set_default_device autocast is_autocast_enabled save load""",
    ),
    "dtypes": (
        "Dtypes, sizes and kinds",
        """dtype finfo iinfo result_type promote_types can_cast Size broadcast_shapes device layout memory_format
        is_tensor is_storage is_floating_point is_complex is_conj is_neg is_signed is_nonzero is_same_size numel
        bfloat16 cdouble cfloat chalf complex32 complex64 complex128 float16 half""",
    ),
    "elementwise": (
        "Elementwise operations",
        """abs absolute acos arccos acosh arccosh add addcdiv addcmul angle asin arcsin asinh arcsinh atan arctan atanh
        arctanh atan2 arctan2 bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift ceil clamp
        clip clamp_min clamp_max copysign cos cosh deg2rad div divide digamma erf erfc erfinv exp exp2 expm1 fix float_power
        floor floor_divide fmax fmin fmod frac frexp gcd heaviside hypot i0 igamma igammac lcm ldexp lerp lgamma log log10
        log1p log2 logaddexp logaddexp2 logical_and logical_or logical_xor logical_not logit maximum minimum mul multiply
        mvlgamma nan_to_num neg negative nextafter polygamma positive pow rad2deg reciprocal remainder round rsqrt rsub
        sigmoid sgn sign signbit sin sinc sinh special sqrt square sub subtract tan tanh true_divide trunc where xlogy relu
        celu selu rrelu prelu threshold real imag conj""",
    ),
    "comparison": (
        "Comparisons and predicates",
        """eq ne lt le gt ge equal not_equal less less_equal greater greater_equal isclose allclose isfinite isinf isnan
        isneginf isposinf isreal isin""",
    ),
    "reduction": (
        "Reductions, running results and statistics",
        """sum mean prod max min amax amin aminmax argmax argmin all any count_nonzero var std var_mean std_mean median mode
        nansum nanmean nanmedian quantile nanquantile logsumexp norm cumsum cumprod cummax cummin logcumsumexp diff
        trapezoid trapz cumulative_trapezoid gradient cov corrcoef histogram histc bincount dist softmax log_softmax
        layer_norm cross_entropy nll_loss""",
    ),
    "products": (
        "Products and matrices",
        """dot vdot mv mm bmm matmul einsum tensordot outer ger inner kron chain_matmul matrix_power matrix_exp trace cross
        cdist addmm addmv addbmm baddbmm addr inverse det logdet slogdet cholesky cholesky_solve cholesky_inverse qr svd
        pinverse triangular_solve lu lu_solve lu_unpack renorm""",
    ),
    "shape": (
        "Views, shapes and copies in another order",
        """reshape transpose swapaxes swapdims t permute movedim moveaxis unsqueeze squeeze select
        narrow narrow_copy split split_with_sizes tensor_split chunk unbind hsplit vsplit dsplit diagonal as_strided
        flatten unflatten ravel broadcast_to broadcast_tensors atleast_1d atleast_2d atleast_3d adjoint cat concat
        concatenate stack hstack vstack row_stack dstack column_stack block_diag flip fliplr flipud rot90 roll tile
        repeat_interleave tril triu diag diagflat diag_embed as_strided_scatter select_scatter slice_scatter diagonal_scatter
        view_copy detach detach_copy resolve_conj resolve_neg""",
    ),
    "picking": (
        "Picking, writing and ordering",
        """gather scatter scatter_add scatter_reduce index_select index_add index_copy index_fill index_put index_put_
        index_reduce take take_along_dim put masked_fill masked_select masked_scatter nonzero nonzero_static argwhere
        unravel_index sort argsort msort topk kthvalue searchsorted bucketize unique unique_consecutive""",
    ),
    "seeing": ("Seeing the tape", "tape graph watch why_no_grad explain cost"),
    "more": ("More of `wengert`", ""),
}
